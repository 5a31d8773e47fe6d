package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.semblance.bench.BenchTexts;
import dev.semblance.config.Config;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code bench embed}, {@code pipeline} and {@code window} have in common: the texts, rounds, and the report. */
final class BenchOptions {

    /** Set by the launcher: class path of the peers, which are no part of the program. */
    private static final String PEERS_PROPERTY = "semblance.peers";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Texts to use (default: an invented feed).")
    private String file;

    @Option(names = "--texts", paramLabel = "N", description = "Distinct texts, in each round (default: "
            + "${DEFAULT-VALUE}).")
    private int texts;

    @Option(names = "--rounds", paramLabel = "N", description = "Counted rounds (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seed", paramLabel = "N", description = "Of what is drawn at random (default: "
            + "${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "One JSON document instead of the table.")
    private boolean json;

    /** With a command's own defaults. */
    BenchOptions(int texts, int rounds) {
        this.texts = texts;
        this.rounds = rounds;
    }

    /** Null for an invented feed. */
    String file() {
        return file;
    }

    int texts() {
        return texts;
    }

    int rounds() {
        return rounds;
    }

    long seed() {
        return seed;
    }

    /** @throws ParameterException for the command's user, where the options of this class are not what they must be */
    void check(int textsAtLeast) {
        require(texts >= textsAtLeast, "--texts", texts, "at least " + textsAtLeast);
        require(rounds >= 1, "--rounds", rounds, "at least 1");
    }

    void require(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + "=" + value + ": expected " + expected);
        }
    }

    /** At least and at most so many different texts. */
    List<String> distinct(Config config, int atLeast, int atMost) throws IOException {
        return BenchTexts.distinct(config.texts(), file, atLeast, atMost);
    }

    /** Of the texts, for people. */
    String source() {
        return file == null ? "invented feed, seed " + BenchTexts.SEED : file;
    }

    void print(Console console, Map<String, Object> document, String table) throws JsonProcessingException {
        console.print(json ? JSON.writeValueAsString(document) : table);
    }

    static String peersClassPath() {
        String classPath = System.getProperty(PEERS_PROPERTY);
        if (classPath == null) {
            throw new CommandFailure("--peers: the other programs are no part of an installed Semblance; run"
                    + " ./semblance in a checkout, which builds them");
        }
        return classPath;
    }
}
