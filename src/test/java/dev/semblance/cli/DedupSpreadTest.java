package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dedup} with several threads, and from vectors that were made before: always the same bytes. */
class DedupSpreadTest {

    private static final int EVENTS = 700;

    @TempDir
    private static Path folder;

    private static Path texts;
    private static Path vectors;

    @BeforeAll
    static void embedOnce() throws IOException {
        String[] who = {"Apple", "Tesla", "The bank", "A cat", "The mayor", "Our team"};
        String[] does = {"opens a new factory in", "loses a lawsuit over", "was seen again near", "sells its share of"};
        String[] where = {"Berlin", "the old harbour", "Texas", "the museum", "Lyon"};
        String[] end = {"", " today", " on Monday", "!", " - report", " 5%"};
        Random random = new Random(9);
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < EVENTS; n++) {
            lines.add("{\"id\":\"%d\",\"created_at\":\"2024-05-01T12:%02d:%02dZ\",\"text\":\"%s %s %s%s\"}".formatted(n,
                    n / 60, n % 60, who[random.nextInt(6)], does[random.nextInt(4)], where[random.nextInt(5)],
                    end[random.nextInt(6)]));
        }
        texts = Files.write(folder.resolve("events.jsonl"), lines);
        vectors = folder.resolve("events.avro");
        Cli embedded = Cli.run("embed", texts.toString(), "--format", "avro", "--out", vectors.toString());
        assertThat(embedded.code()).as(embedded.err()).isZero();
    }

    private static Cli dedup(Path file, String shards, String options) {
        List<String> arguments = new ArrayList<>(List.of("dedup", file.toString(), "--shards", shards));
        if (!options.isEmpty()) {
            arguments.addAll(List.of(options.split(" ")));
        }
        Cli run = Cli.run(arguments.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    /** Everything is scored in some: then 700 events are work enough to be shared. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--pairs", "-o detect.exact=true", "--pairs -o detect.exact=true",
            "--pairs --threshold 0.6 -o scan.max.rows=100", "-o dedup.kinds=EXACT -o detect.exact=true -o refresh=true",
            "--sweep --json --thresholds 0.7,0.9 -o detect.exact=true"})
    void threadsChangeNothing(String options) {
        Cli one = dedup(vectors, "1", options);
        Cli three = dedup(vectors, "3", options);
        assertThat(one.out()).isNotEmpty();
        assertThat(three.out()).isEqualTo(one.out());
        assertThat(three.err()).isEqualTo(one.err());
        assertThat(Thread.getAllStackTraces().keySet()).as("ended with the command")
                .noneMatch(t -> t.isAlive() && t.getName().contains("-scan-") && !ended(t));
    }

    private static boolean ended(Thread thread) {
        try {
            return thread.join(java.time.Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void vectorsMadeBeforeGiveTheSame() {
        assertThat(dedup(vectors, "2", "").out()).isEqualTo(dedup(texts, "2", "").out());
        assertThat(dedup(vectors, "2", "--pairs").out()).isEqualTo(dedup(texts, "1", "--pairs").out());
    }

    @Test
    void shardsAreAsManyAsThereAre() {
        assertThat(Cli.run("dedup", "x", "--shards", "0").err()).startsWith("semblance: scan.threads=0: ");
        assertThat(Cli.run("dedup", "x", "--shards", "two").code()).isEqualTo(Semblance.USAGE);
    }

    @Test
    void evalDedupFindsEveryPair() {
        Cli run = Cli.run("eval", "dedup", vectors.toString(), "--thresholds", "0.9,0.7");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEqualTo("700 events, 0 more with an id that was there, 0 rejected\n");
        assertThat(run.out().lines()).hasSize(5);
        assertThat(run.out()).contains("threshold 0.9, 384 dimensions: 384-bit sign codes");
        long found = Cli.run("dedup", vectors.toString(), "--pairs").out().lines().count();
        Cli json = Cli.run("eval", "dedup", vectors.toString(), "--thresholds", "0.9", "--json", "--exact");
        assertThat(json.out()).startsWith("{\"threshold\":0.9,\"events\":700,\"pairs\":" + found + ",\"found\":" + found
                + ",\"missed\":0,\"roundedBelow\":0,\"roundedAbove\":0,\"wrong\":0,");
        assertThat(Cli.run("eval", "dedup", vectors.toString(), "--limit", "0").code()).isEqualTo(Semblance.USAGE);
    }
}
