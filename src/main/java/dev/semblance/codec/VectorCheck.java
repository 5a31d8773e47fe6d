package dev.semblance.codec;

import dev.semblance.record.Embedding;
import dev.semblance.record.Rejection;
import dev.semblance.vector.VectorKernels;
import java.util.Optional;

/** Whether a vector can be compared at all. Thread: stateless. */
public final class VectorCheck {

    private VectorCheck() {}

    /** The reason why not, if there is one. */
    public static Optional<Rejection> check(Embedding embedding) {
        float[] v = embedding.vector();
        int dimension = embedding.model().dimension();
        if (v.length != dimension) {
            return rejected("vector of event " + embedding.event().id() + " has " + v.length + " components; model "
                    + embedding.model().id() + " has the dimension " + dimension);
        }
        for (int i = 0; i < v.length; i++) {
            if (!Float.isFinite(v[i])) {
                return rejected("vector of event " + embedding.event().id() + ": component " + i + " is " + v[i]
                        + "; expected a finite number");
            }
        }
        if (!(VectorKernels.norm(v) > 0)) {
            return rejected("vector of event " + embedding.event().id() + ": all " + v.length
                    + " components are 0; expected a norm above 0");
        }
        return Optional.empty();
    }

    private static Optional<Rejection> rejected(String message) {
        return Optional.of(new Rejection(Rejection.Reason.INVALID_VECTOR, message));
    }
}
