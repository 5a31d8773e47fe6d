package dev.semblance.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A real KRaft broker (broker and controller in one) in a child process, on 127.0.0.1 only, run by the Java and the
 * class path of this process. For demos and tests: one node, every replication factor 1, no topic made by itself.
 * <p>
 * Nothing is left behind: {@link #close} ends the process, and the process ends itself when this one is gone for
 * whatever reason, because the pipe to its standard input closes then. Ctrl-C reaches only the parent, so that clients
 * can close before their broker does.
 * <p>
 * Thread: any; calls are serialised.
 */
public final class LocalBroker implements AutoCloseable {

    private static final int ATTEMPTS = 5;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /**
     * @param dataDir      folder for data and log, made if missing; what an earlier broker left there is taken up again.
     *                     Null for a temporary one, deleted on close
     * @param startTimeout how long the broker may take until it answers
     * @param port         of 127.0.0.1; 0 takes a free one
     * @param compiled     whether its code is optimised as it runs
     */
    public record Options(Path dataDir, Duration startTimeout, int port, boolean compiled) {

        public Options {
            Objects.requireNonNull(startTimeout, "startTimeout");
            if (startTimeout.isNegative() || startTimeout.isZero()) {
                throw new IllegalArgumentException("startTimeout " + startTimeout + ": expected more than 0");
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + ": expected 0 to 65535");
            }
        }

        /** Of a broker that starts fast. */
        public Options(Path dataDir, Duration startTimeout, int port) {
            this(dataDir, startTimeout, port, false);
        }

        /** The same for a broker that runs for long: it works for minutes at being fast. */
        public Options forLong() {
            return new Options(dataDir, startTimeout, port, true);
        }

        /** Temporary folder, free port, one minute to start. */
        public static Options temporary() {
            return in(null);
        }

        /** That folder, free port, one minute to start. */
        public static Options in(Path dataDir) {
            return new Options(dataDir, Duration.ofMinutes(1), 0);
        }
    }

    private final Duration startTimeout;
    private final boolean compiled;
    private final BrokerFolder folder;
    private final Thread sweeper = new Thread(this::sweep, "local-broker-sweeper");
    private BrokerProcess process; // guarded by this
    private boolean closed; // guarded by this

    private LocalBroker(Options options, BrokerFolder folder) {
        this.startTimeout = options.startTimeout();
        this.compiled = options.compiled();
        this.folder = folder;
    }

    /**
     * Returns once the broker answers a client.
     *
     * @throws LocalBrokerException where it does not start; nothing is left running then
     */
    public static LocalBroker start(Options options) {
        BrokerFolder folder = BrokerFolder.open(options.dataDir());
        LocalBroker broker = new LocalBroker(options, folder);
        try {
            broker.launch(options.port());
        } catch (RuntimeException e) {
            folder.release();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(broker.sweeper);
        return broker;
    }

    /**
     * At the end of this JVM without {@link #close}. A running broker ends and deletes by itself then, and must go on
     * for those who still close their clients; only one that is gone already, by a signal of its own, cannot.
     */
    private synchronized void sweep() {
        if (!closed && !process.isAlive()) {
            folder.release();
        }
    }

    /** {@code 127.0.0.1:port}; the same after {@link #restart}. */
    public synchronized String bootstrapServers() {
        return "127.0.0.1:" + process.port();
    }

    public synchronized long pid() {
        return process.pid();
    }

    public synchronized boolean isAlive() {
        return process.isAlive();
    }

    public Path dataDir() {
        return folder.root();
    }

    /** The broker's own log. */
    public Path logFile() {
        return folder.log();
    }

    /** SIGKILL, as a power cut would: for tests of what survives. Returns when the process is gone. */
    public synchronized void kill() {
        process.kill();
    }

    /**
     * Stops the broker cleanly if it runs, and starts it with the same data on the same port. After {@link #kill} this
     * takes some 10 s longer: the controller waits until the session of the killed broker is over.
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("the local broker is closed");
        }
        int port = process.port();
        process.stop(STOP_TIMEOUT);
        launch(port);
    }

    /** SIGTERM, and SIGKILL if that takes too long; then temporary data is deleted. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            process.stop(STOP_TIMEOUT);
            folder.release();
            try {
                Runtime.getRuntime().removeShutdownHook(sweeper);
            } catch (IllegalStateException e) {
                // This JVM is ending: the hook runs, and finds nothing left to do.
            }
        }
    }

    /** A free port can be taken by someone else before the broker binds it, so a port that we chose is chosen again. */
    private synchronized void launch(int port) {
        if (port != 0 && !FreePorts.isFree(port)) {
            throw new LocalBrokerException(StartFailure.portTaken(port));
        }
        long deadlineNs = System.nanoTime() + startTimeout.toNanos();
        for (int attempt = 1;; attempt++) {
            FreePorts ports = FreePorts.choose(port);
            BrokerProcess candidate = spawn(ports);
            StartOutcome outcome = awaitOrStop(candidate, deadlineNs);
            if (outcome == StartOutcome.READY) {
                process = candidate;
                return;
            }
            boolean retry = outcome == StartOutcome.EXITED && attempt < ATTEMPTS
                    && StartFailure.isPortTaken(folder.logSinceStart()) && (port == 0 || FreePorts.isFree(port));
            if (!retry) {
                throw StartFailure.explain(outcome, ports.client(), startTimeout, folder);
            }
        }
    }

    private BrokerProcess spawn(FreePorts ports) {
        try {
            folder.prepare(ports);
            return BrokerProcess.spawn(folder, compiled, ports.client());
        } catch (IOException e) {
            throw new LocalBrokerException("the local broker cannot be started in " + folder.root() + ": " + e, e);
        }
    }

    private static StartOutcome awaitOrStop(BrokerProcess candidate, long deadlineNs) {
        StartOutcome outcome = StartOutcome.INTERRUPTED;
        try {
            outcome = candidate.awaitReady(deadlineNs);
            return outcome;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return outcome;
        } finally {
            if (outcome != StartOutcome.READY) {
                candidate.kill();
            }
        }
    }

    /** How an attempt to start ended. */
    enum StartOutcome {
        READY,
        EXITED,
        TIMED_OUT,
        INTERRUPTED
    }
}
