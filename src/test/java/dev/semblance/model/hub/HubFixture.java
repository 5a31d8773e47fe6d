package dev.semblance.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.testing.LoopbackHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A hub on loopback with a small repository, and a cache. */
abstract class HubFixture {

    static final RepositoryName REPOSITORY = RepositoryName.parse("owner/micse-like");
    static final String WEIGHTS = "model.safetensors";
    static final int SIZE = 300_000;
    static final Patience PATIENCE = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(5),
            Duration.ofMillis(400), 64, 50_000, 3, Duration.ofMillis(1), Duration.ofMillis(50));

    @TempDir
    Path cache;

    final SortedMap<String, byte[]> files = new TreeMap<>();
    LoopbackHub hub;
    String token;
    boolean offline;

    @BeforeEach
    void serve() {
        byte[] weights = new byte[SIZE];
        new Random(7).nextBytes(weights);
        files.put("config.json", utf8("{\"model_type\": \"bert\"}"));
        files.put("tokenizer.json", utf8("{}"));
        files.put("vocab.txt", utf8("[PAD]\n"));
        files.put("README.md", utf8("# A model"));
        files.put("1_Pooling/config.json", utf8("{}"));
        files.put(WEIGHTS, weights);
        files.put("pytorch_model.bin", new byte[5000]);
        files.put("flax_model.msgpack", new byte[5000]);
        hub = new LoopbackHub(REPOSITORY.id(), files);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    HubSettings settings() {
        return new HubSettings(HubSettings.endpoint(hub.endpoint()), token, cache, offline, PATIENCE);
    }

    Snapshot fetch() {
        return new HubRepository(settings(), (file, done, total) -> {}).fetch(REPOSITORY);
    }

    AbstractThrowableAssert<?, ? extends Throwable> refused() {
        return assertThatThrownBy(this::fetch).isInstanceOf(HubException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    void serveAgain() {
        hub.close();
        hub = new LoopbackHub(REPOSITORY.id(), files);
    }

    Path file(String name) {
        return cache.resolve("owner--micse-like").resolve(LoopbackHub.COMMIT).resolve(name);
    }
}
