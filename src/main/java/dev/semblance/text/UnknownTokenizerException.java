package dev.semblance.text;

/** A {@code tokenizer.json} asks for something that is not reproduced exactly. The message says what. */
final class UnknownTokenizerException extends Exception {

    UnknownTokenizerException(String message) {
        super(message);
    }
}
