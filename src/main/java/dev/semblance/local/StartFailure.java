package dev.semblance.local;

import dev.semblance.config.Durations;
import dev.semblance.local.LocalBroker.StartOutcome;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the reason of a failed start out of the broker's log. */
final class StartFailure {

    private static final int LAST_LINES = 15;
    private static final Pattern PORT_TAKEN = Pattern.compile("Address already in use|failed to bind to",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern STACK_FRAME = Pattern.compile("\\s+(at |\\.\\.\\. \\d+ more)");

    /** As {@code log4j2-broker.xml} writes it. */
    private static final Pattern CALM = Pattern.compile("[0-9:.]{12} (INFO|DEBUG|TRACE) ");

    /** A sign in the log, and what it means. */
    private record Cause(Pattern sign, String meaning) {

        static Cause of(String sign, String meaning) {
            return new Cause(Pattern.compile(sign, Pattern.CASE_INSENSITIVE), meaning);
        }
    }

    private static final List<Cause> CAUSES = List.of(
            Cause.of("No space left on device|Disk quota exceeded", "the disk is full; free some space"),
            Cause.of("OutOfMemoryError|Cannot allocate memory|Could not reserve enough space|insufficient memory",
                    "there is too little memory: it needs a heap of 512 MB; stop other programs"),
            Cause.of("the lock .* is held by another broker",
                    "another broker is running with this folder; stop it or name another folder"),
            Cause.of("Invalid cluster\\.id|Stored node id|InconsistentClusterId|Stored cluster id",
                    "the folder holds the data of another cluster or node; name another folder"),
            Cause.of("Permission denied|AccessDeniedException|Read-only file system",
                    "the folder cannot be written; name another one"));

    private StartFailure() {}

    static boolean isPortTaken(List<String> log) {
        return log.stream().anyMatch(line -> PORT_TAKEN.matcher(line).find());
    }

    static String portTaken(int port) {
        return "port " + port + " of 127.0.0.1 is taken; stop the program that listens there, or use port 0 for a"
                + " free one";
    }

    static LocalBrokerException explain(StartOutcome outcome, int port, Duration timeout, BrokerFolder folder) {
        List<String> log = folder.logSinceStart();
        List<String> last = lastLines(log);
        String where = folder.temporary() ? "" : " (whole log: " + folder.log() + ")";
        return new LocalBrokerException("the local broker did not start: " + reason(outcome, log, port, timeout)
                + "\nlast lines of its log" + where + ":\n  " + String.join("\n  ", last));
    }

    /** Of warnings, errors and what the JVM says, where there are any: a broker that stops in order talks much. */
    private static List<String> lastLines(List<String> log) {
        List<String> messages = log.stream().filter(line -> !STACK_FRAME.matcher(line).lookingAt()).toList();
        List<String> notable = messages.stream().filter(line -> !CALM.matcher(line).lookingAt()).toList();
        List<String> shown = notable.isEmpty() ? messages : notable;
        return shown.subList(Math.max(0, shown.size() - LAST_LINES), shown.size());
    }

    private static String reason(StartOutcome outcome, List<String> log, int port, Duration timeout) {
        if (isPortTaken(log)) {
            return portTaken(port);
        }
        for (Cause cause : CAUSES) {
            if (log.stream().anyMatch(line -> cause.sign().matcher(line).find())) {
                return cause.meaning();
            }
        }
        return switch (outcome) {
            case TIMED_OUT -> "it did not answer within " + Durations.format(timeout)
                    + "; is the machine busy? Allow it more time";
            case INTERRUPTED -> "the start was interrupted";
            case EXITED, READY -> "its process ended";
        };
    }
}
