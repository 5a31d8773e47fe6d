package dev.semblance.eval;

/** Data that cannot be evaluated. The message names the file, the line where there is one, the value, and what to do. */
public final class EvaluationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EvaluationException(String message) {
        super(message);
    }

    EvaluationException(String message, Throwable cause) {
        super(message, cause);
    }
}
