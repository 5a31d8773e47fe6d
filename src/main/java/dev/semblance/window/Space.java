package dev.semblance.window;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.ModelMean;
import dev.semblance.vector.Centring;
import dev.semblance.vector.Hyperplanes;
import dev.semblance.vector.SearchPlan;

/**
 * How the vectors of one model are searched: the plan for them and the hyperplanes of their codes, null where the plan
 * has none.
 *
 * @param centring null where codes are those of the vectors as they are
 */
record Space(int dimension, SearchPlan plan, Hyperplanes planes, Centring centring) {

    static Space of(ModelIdentity model, Config.Detect config) {
        ModelMean mean = config.mean() != null && config.mean().isOf(model) ? config.mean() : null;
        SearchPlan plan = plan(model.dimension(), config, mean);
        return new Space(model.dimension(), plan,
                plan.filters() ? Hyperplanes.of(model.dimension(), plan.bits()) : null,
                plan.centres() ? new Centring(plan, mean.vector()) : null);
    }

    /** Where every vector is scored, whatever it costs. */
    static Space everything(int dimension, double threshold) {
        return new Space(dimension, SearchPlan.everything(dimension, threshold), null, null);
    }

    /** @param mean null where it is unknown */
    static SearchPlan plan(int dimension, Config.Detect config, ModelMean mean) {
        double threshold = config.threshold();
        if (config.exact()) {
            return SearchPlan.everything(dimension, threshold);
        }
        return mean == null
                ? SearchPlan.of(dimension, threshold, config.missProbability())
                : SearchPlan.centred(dimension, threshold, config.missProbability(), mean.vector());
    }

    int words() {
        return plan.words();
    }
}
