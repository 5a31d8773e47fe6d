package dev.semblance.model.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLHandshakeException;

/** Tries again, with growing pauses, what fails for reasons that may pass: bounded, unless there is progress. */
final class Attempts {

    private final Patience patience;

    Attempts(Patience patience) {
        this.patience = patience;
    }

    interface Attempt<T> {

        /** @throws IOException for what is worth another attempt; anything else ends them */
        T run() throws IOException, InterruptedException;
    }

    /**
     * @param what     for messages
     * @param position of a transfer, in bytes: where it has moved on enough, attempts are counted anew
     */
    <T> T run(String what, LongSupplier position, Attempt<T> attempt) {
        int failures = 0;
        long reached = position.getAsLong();
        while (true) {
            try {
                return attempt.run();
            } catch (SSLHandshakeException e) {
                throw new HubException(what + ": no secure connection: " + e.getMessage()
                        + "; check HF_ENDPOINT, the clock, and the certificates of Java", e);
            } catch (IOException e) {
                long now = position.getAsLong();
                failures = now - reached >= patience.progressBytes() ? 1 : failures + 1;
                reached = Math.max(reached, now);
                if (failures >= patience.attempts()) {
                    throw new HubException(what + ": given up after " + failures + " attempts: " + reason(e)
                            + "; check the network and HF_ENDPOINT, then run the command again: what has come is kept",
                            e);
                }
                pause(what, failures, e);
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            }
        }
    }

    private void pause(String what, int failures, IOException failure) {
        Duration wait = patience.backOff().multipliedBy(1L << Math.min(20, failures - 1));
        if (failure instanceof TransientFailure t && t.requestedWait() != null) {
            if (t.requestedWait().compareTo(patience.longest()) > 0) {
                throw new HubException(what + ": " + t.getMessage() + "; the server asks to wait "
                        + t.requestedWait().toSeconds() + " s: run the command again then", failure);
            }
            wait = wait.compareTo(t.requestedWait()) > 0 ? wait : t.requestedWait();
        }
        try {
            Thread.sleep(wait.compareTo(patience.longest()) > 0 ? patience.longest() : wait);
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        }
    }

    private static HubException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new HubException(what + ": interrupted; run the command again: what has come is kept", e);
    }

    /** Java's client leaves many of its exceptions without a message. */
    private static String reason(IOException e) {
        return switch (e) {
            case TransientFailure t -> t.getMessage();
            case java.net.http.HttpConnectTimeoutException t -> "no connection in time";
            case java.net.http.HttpTimeoutException t -> "no answer in time";
            case java.net.ConnectException c when unresolved(c) -> "no such host, or no name service";
            case java.net.ConnectException c ->
                "no connection: " + (c.getMessage() == null ? "refused" : c.getMessage());
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static boolean unresolved(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof java.nio.channels.UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }
}
