package dev.semblance.bench;

import java.util.function.IntConsumer;

/**
 * Another library's index of live vectors: what the window is compared to. Found by {@link java.util.ServiceLoader} on a
 * class path of its own; the program never has it.
 *
 * <p>Thread: one.
 */
public interface WindowPeer {

    /** What it is and its version, for the report. */
    String name();

    /** An empty index. */
    Index open(int dimension) throws Exception;

    /** Vectors that come and go, by number; numbers ascend. Thread: one. */
    interface Index extends AutoCloseable {

        /** @param vector [dimension], unit L2 norm; kept, not written to */
        void insert(int number, float[] vector) throws Exception;

        void remove(int number) throws Exception;

        /** Makes what was inserted and removed visible: called once a batch, before its searches. */
        void refresh() throws Exception;

        /** @param found told the number of each vector found, which may be farther away than {@code minCosine} */
        void search(float[] query, float minCosine, IntConsumer found) throws Exception;
    }
}
