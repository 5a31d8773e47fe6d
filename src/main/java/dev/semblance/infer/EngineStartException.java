package dev.semblance.infer;

/** The engine cannot start. The message names what is missing and what to do. */
public class EngineStartException extends RuntimeException {

    public EngineStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
