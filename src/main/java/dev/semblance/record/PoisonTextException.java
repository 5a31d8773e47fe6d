package dev.semblance.record;

/** The tokenizer or the model rejects this one text; every other text is unharmed. Becomes a dead letter. */
public final class PoisonTextException extends RuntimeException {

    public PoisonTextException(String message, Throwable cause) {
        super(message, cause);
    }
}
