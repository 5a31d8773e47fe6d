package dev.semblance.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.local.LocalBroker.StartOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "java.io.IOException: No space left on device | the disk is full",
            "Error occurred during initialization of VM: Could not reserve enough space for object heap | too little memory",
            "Terminating due to java.lang.OutOfMemoryError: Java heap space | too little memory",
            "the lock /x/broker.lock is held by another broker | another broker is running with this folder",
            "Invalid cluster.id in: /x/meta.properties. Expected a, but read b | the data of another cluster",
            "KafkaException: Socket server failed to bind to 127.0.0.1:9: Address already in use. | port 9 of 127.0.0.1",
            "java.nio.file.AccessDeniedException: /x | the folder cannot be written",
            "something nobody has seen before | its process ended"})
    void theReasonIsReadOutOfTheLog(String line, String reason) throws IOException {
        BrokerFolder folder = folder("12:00:00.000 ERROR " + line + " (KafkaServer)\n");
        assertThat(StartFailure.explain(StartOutcome.EXITED, 9, Duration.ofSeconds(5), folder))
                .hasMessageContaining(reason).hasMessageContaining(line)
                .hasMessageContaining("whole log: " + dir.resolve("broker.log"));
    }

    @Test
    void theEndOfALongLogIsShownWithoutStackFramesAndCalmLines() throws IOException {
        BrokerFolder folder = folder("""
                12:00:00.000 INFO  starting (KafkaServer)
                12:00:01.000 ERROR Fatal (KafkaServer)
                java.lang.IllegalStateException: the cause
                \tat kafka.A.b(A.scala:1)
                \t... 12 more
                """ + "12:00:02.000 INFO  shutting down (KafkaServer)\n".repeat(40));
        assertThat(StartFailure.explain(StartOutcome.EXITED, 9, Duration.ofSeconds(5), folder).getMessage())
                .contains("Fatal", "the cause").doesNotContain("A.scala", "12 more", "starting", "shutting down");
    }

    @Test
    void aCalmLogIsShownAsItIs() throws IOException {
        BrokerFolder folder = folder("12:00:00.000 INFO  starting (KafkaServer)\n");
        assertThat(StartFailure.explain(StartOutcome.TIMED_OUT, 9, Duration.ofSeconds(5), folder))
                .hasMessageContaining("did not answer within 5s").hasMessageContaining("starting");
    }

    private BrokerFolder folder(String log) throws IOException {
        BrokerFolder folder = BrokerFolder.open(dir);
        folder.prepare(new FreePorts(9, 10));
        Files.writeString(folder.log(), log);
        return folder;
    }
}
