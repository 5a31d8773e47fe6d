package dev.semblance.bench;

import java.util.List;

/**
 * Another program's way from texts to vectors with the same model: what ours is compared to. Found by
 * {@link java.util.ServiceLoader} in a process of its own, which has the peer's libraries on its class path; ours never
 * has.
 *
 * <p>Thread: one.
 */
public interface Peer extends AutoCloseable {

    /** What it is and its version, for the report. */
    String name();

    /** @return [texts][dimension], unit L2 norm, in the order of the texts */
    float[][] embed(List<String> texts);

    @Override
    void close();
}
