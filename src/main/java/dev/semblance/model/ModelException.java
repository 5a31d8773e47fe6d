package dev.semblance.model;

/** A model that cannot be used. The message names the file, the value and what to do. */
public final class ModelException extends RuntimeException {

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
