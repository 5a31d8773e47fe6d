package dev.semblance.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.semblance.testing.TestBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The pipeline against the official Kafka image: a broker configured by others. Where there is no Docker it is skipped.
 * Only the Docker daemon is spoken to, and only it may fetch the image; Testcontainers' own helper image is turned off
 * in the build (TESTCONTAINERS_RYUK_DISABLED), its start-up checks in testcontainers.properties.
 */
class ContainerPipelineIT {

    private static final String IMAGE = "apache/kafka:4.3.1";
    /** So many that every kind of match and of broken record is among them. */
    private static final int EVENTS = 150;
    private static final String SKIPPED = "ContainerPipelineIT skipped: no Docker here: neither DOCKER_HOST nor a socket "
            + "of a Docker daemon answers; start Docker to test against " + IMAGE;

    private static KafkaContainer kafka;
    private static TestBroker broker;

    @BeforeAll
    static void start() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            System.out.println(SKIPPED);
            return;
        }
        kafka = new KafkaContainer(IMAGE);
        kafka.start();
        broker = TestBroker.at(kafka.getBootstrapServers());
    }

    /** By test, since tests of a class that is aborted as a whole appear in no report. */
    @BeforeEach
    void skipWithoutDocker() {
        assumeTrue(broker != null, SKIPPED);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
        if (kafka != null) {
            kafka.stop();
        }
    }

    @Test
    void everyEventHasOneFate(@TempDir Path state) throws Exception {
        new PipelineScenario(broker, state).everyEventHasOneFate("exactly_once_v2", EVENTS);
    }

    @Test
    void deletesPassThroughAndPurge(@TempDir Path state) throws Exception {
        new PipelineScenario(broker, state).deletesPassThroughAndPurge();
    }
}
