package dev.semblance.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a failed command says on stderr: one line for what can be expected to go wrong, more for bugs. */
final class FailureReport {

    private static final String OWN_CODE = "dev.semblance.";

    private FailureReport() {}

    /** Wrong arguments. */
    static int usage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        if (args.length == 0) {
            command.usage(err, command.getColorScheme());
            return Semblance.USAGE;
        }
        err.println(name + ": " + oneLine(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                err.println("Did you mean: " + String.join(", ", suggestions) + "?");
            }
        }
        err.println("Try '" + name + " --help'.");
        return Semblance.USAGE;
    }

    /** A command that failed. */
    static int failure(Exception e, CommandLine command, boolean debug) {
        PrintWriter err = command.getErr();
        Throwable cause = unwrapped(e);
        if (expected(cause)) {
            err.println("semblance: " + message(cause));
        } else {
            err.println("semblance: internal error: " + oneLine(cause.toString())
                    + (debug ? "" : " (--debug shows where; please report it)"));
        }
        if (debug) {
            e.printStackTrace(err);
        }
        err.flush();
        return Semblance.FAILURE;
    }

    private static Throwable unwrapped(Throwable e) {
        Throwable t = e;
        while (t.getCause() != null && (t instanceof ExecutionException || t instanceof CompletionException
                || t instanceof UncheckedIOException)) {
            t = t.getCause();
        }
        return t;
    }

    /** True for failures of the world around: configuration, files, brokers, models. */
    private static boolean expected(Throwable t) {
        return t instanceof KafkaException || t instanceof IOException || t.getClass().getName().startsWith(OWN_CODE);
    }

    /** The message, with the deepest cause's where that says more. */
    static String message(Throwable t) {
        String message = switch (t) {
            case NoSuchFileException e -> e.getFile() + ": no such file";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            default -> t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
        };
        Throwable deepest = t.getCause();
        while (deepest != null && deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String why = deepest == null ? null : deepest.getMessage();
        boolean adds = why != null && !oneLine(message).contains(oneLine(why));
        return oneLine(adds ? message + ": " + why : message);
    }

    private static String oneLine(String text) {
        return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
