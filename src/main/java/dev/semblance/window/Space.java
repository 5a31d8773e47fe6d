package dev.semblance.window;

import dev.semblance.vector.Hyperplanes;
import dev.semblance.vector.SearchPlan;

/**
 * How the vectors of one model are searched: the plan for their dimension and the hyperplanes of their codes, null where
 * the plan has none.
 */
record Space(int dimension, SearchPlan plan, Hyperplanes planes) {

    static Space of(int dimension, double threshold, double missProbability, boolean exact) {
        SearchPlan plan = plan(dimension, threshold, missProbability, exact);
        return new Space(dimension, plan, plan.filters() ? Hyperplanes.of(dimension, plan.bits()) : null);
    }

    /** @param exact whether every live vector is to be scored, whatever it costs */
    static SearchPlan plan(int dimension, double threshold, double missProbability, boolean exact) {
        return exact
                ? SearchPlan.everything(dimension, threshold)
                : SearchPlan.of(dimension, threshold, missProbability);
    }

    int words() {
        return plan.words();
    }
}
