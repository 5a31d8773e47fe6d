package dev.semblance.local;

import dev.semblance.local.LocalBroker.StartOutcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One child process: one run of the broker. Thread: guarded by its {@link LocalBroker}. */
final class BrokerProcess {

    private static final long POLL_MS = 20;
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(30);

    /** Collecting by one thread starts faster and leaves the cores to the program. */
    private static final List<String> JVM_FLAGS = List.of("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-Dfile.encoding=UTF-8",
            "-Dlog4j2.configurationFile=log4j2-broker.xml");

    /** So does compiling only once; the code is slower for it. */
    private static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

    private final Process process;
    /** Held open and never written to: its end tells the broker that this process is gone. */
    private final OutputStream lifeline;
    private final BrokerFolder folder;
    private final int port;

    private BrokerProcess(Process process, BrokerFolder folder, int port) {
        this.process = process;
        this.folder = folder;
        this.lifeline = process.getOutputStream();
        this.port = port;
    }

    static BrokerProcess spawn(BrokerFolder folder, boolean compiled, int port) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        if (!compiled) {
            command.add(QUICK_COMPILER);
        }
        command.add("-Dsemblance.broker.log=" + folder.log());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(LocalBrokerProcess.class.getName());
        command.add(folder.properties().toString());
        command.add(folder.data().toString());
        if (folder.temporary()) {
            command.add(folder.root().toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.output().toFile());
        // Flags meant for the parent's JVM (debug ports, agents, heap) must not reach the broker's.
        builder.environment().keySet()
                .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"));
        return new BrokerProcess(builder.start(), folder, port);
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until the broker answers, ends, or is out of time. */
    StartOutcome awaitReady(long deadlineNs) throws InterruptedException {
        try (BrokerPing ping = new BrokerPing(folder, port)) {
            while (!ping.isAnswered()) {
                if (!process.isAlive()) {
                    return StartOutcome.EXITED;
                }
                if (System.nanoTime() - deadlineNs >= 0) {
                    return StartOutcome.TIMED_OUT;
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
            return StartOutcome.READY;
        }
    }

    /** SIGTERM and, after the bound, SIGKILL. */
    void stop(Duration timeout) {
        process.destroy();
        if (!awaitExit(timeout)) {
            kill();
        }
        closeLifeline();
    }

    void kill() {
        process.destroyForcibly();
        awaitExit(KILL_TIMEOUT);
        closeLifeline();
    }

    /** An interrupt is kept, and counts as "not yet". */
    private boolean awaitExit(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void closeLifeline() {
        try {
            lifeline.close();
        } catch (IOException e) {
            // The other end is gone already, which is what closing is for.
        }
    }
}
