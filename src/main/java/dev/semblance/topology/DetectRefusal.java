package dev.semblance.topology;

/** A detect application cannot be handed over or forgotten as things are. The message says why, and what to do. */
public final class DetectRefusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    DetectRefusal(String message) {
        super(message);
    }
}
