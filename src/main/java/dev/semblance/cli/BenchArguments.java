package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the benchmarks' commands have in common: checks of options, where the peers are, and how a report is printed. */
final class BenchArguments {

    /** Set by the launcher: class path of the peers, which are no part of the program. */
    private static final String PEERS_PROPERTY = "semblance.peers";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private BenchArguments() {}

    static void require(CommandSpec spec, boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + "=" + value + ": expected " + expected);
        }
    }

    static String peersClassPath() {
        String classPath = System.getProperty(PEERS_PROPERTY);
        if (classPath == null) {
            throw new CommandFailure("--peers: the other programs are no part of an installed Semblance; run"
                    + " ./semblance in a checkout, which builds them");
        }
        return classPath;
    }

    static void print(Console console, boolean json, Map<String, Object> document, String table)
            throws JsonProcessingException {
        console.print(json ? JSON.writeValueAsString(document) : table);
    }
}
