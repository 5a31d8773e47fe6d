package dev.semblance.model.weights;

import java.util.SortedSet;

/**
 * The tensors of one model.
 *
 * <p>
 * Thread: one owner.
 */
public interface Weights extends AutoCloseable {

    /** Where they come from, for messages: a file, or a folder of shards. */
    String source();

    SortedSet<String> names();

    /** @throws dev.semblance.model.ModelException if there is none of that name */
    Tensor tensor(String name);

    /** Unmaps files; tensors are of no use after it. */
    @Override
    void close();
}
