package dev.semblance.topology;

/**
 * A difference between a topic and its specification.
 *
 * @param topic   actual name
 * @param message names topic, setting, value and expectation, and what to do
 */
public record TopicProblem(Severity severity, String topic, String message) {

    /** What follows from it. */
    public enum Severity {
        /** The program refuses to start. */
        FATAL,
        /** It runs, but may lose or miss something. */
        WARNING,
        /** A choice of the user's, worth knowing. */
        ADVICE
    }

    public boolean fatal() {
        return severity == Severity.FATAL;
    }

    @Override
    public String toString() {
        return message;
    }
}
