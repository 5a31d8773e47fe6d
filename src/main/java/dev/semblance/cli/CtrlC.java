package dev.semblance.cli;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Lets a command end in order when it is told to stop (Ctrl-C, SIGTERM): the request wakes the command, which closes
 * what it opened and returns. A second request ends the process at once.
 *
 * <p>Not a shutdown hook: those run beside each other, and ONNX Runtime has one that takes its environment down while
 * the engine may still be running.
 *
 * <p>Thread: {@code requested} from any; opened and closed by the command's.
 */
final class CtrlC implements AutoCloseable {

    private static final List<String> SIGNALS = List.of("INT", "TERM");

    private record Replaced(Signal signal, SignalHandler handler) {}

    private final List<Replaced> replaced = new ArrayList<>();
    private final Runnable wake;
    private volatile boolean requested;

    private CtrlC(Runnable wake) {
        this.wake = wake;
    }

    /** @param wake called on a request, from another thread: ends whatever the command waits for */
    static CtrlC watch(Runnable wake) {
        CtrlC watch = new CtrlC(wake);
        for (String name : SIGNALS) {
            Signal signal = new Signal(name);
            watch.replaced.add(new Replaced(signal, Signal.handle(signal, watch::onSignal)));
        }
        return watch;
    }

    boolean requested() {
        return requested;
    }

    private void onSignal(Signal signal) {
        if (requested) {
            Runtime.getRuntime().halt(128 + signal.getNumber());
        }
        requested = true;
        wake.run();
    }

    /** Call when everything is in order: from here on a signal ends the process as usual. */
    @Override
    public void close() {
        replaced.forEach(r -> Signal.handle(r.signal(), r.handler()));
    }
}
