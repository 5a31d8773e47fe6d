package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.VectorKernels;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.query.Query;

/**
 * An interactive query: the {@code k} originals closest to a vector, the closest first; ties by time, then id. Ask it
 * through {@code KafkaStreams.query} without a position bound, or on a store. It sees the window between two writes,
 * never amid one; writes wait for it (about 10 ms for 65k vectors of 384 dimensions).
 *
 * @param vector    [model.dimension], any norm but zero
 * @param k         1 … 1000
 * @param minCosine nothing below this is reported
 */
public record NearestQuery(float[] vector, ModelIdentity model, int k,
        float minCosine) implements Query<List<NearestQuery.Neighbour>> {

    public static final int MAX_K = 1000;

    public NearestQuery {
        Objects.requireNonNull(vector, "vector");
        Objects.requireNonNull(model, "model");
        if (k < 1 || k > MAX_K) {
            throw new IllegalArgumentException("k=" + k + ": expected from 1 to " + MAX_K);
        }
        if (vector.length != model.dimension()) {
            throw new IllegalArgumentException("a query of " + vector.length + " components; model " + model.id()
                    + " makes vectors of " + model.dimension());
        }
        double norm = VectorKernels.norm(vector);
        if (!(norm > 0) || norm == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("a query with the norm " + norm + ": expected a finite one above 0");
        }
    }

    /** One answer. */
    public record Neighbour(Original original, float cosine) {}
}
