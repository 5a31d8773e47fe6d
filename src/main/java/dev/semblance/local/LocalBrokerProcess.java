package dev.semblance.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.UUID;

/**
 * The main class of the child process: formats the storage if it is new, and runs the broker, in one JVM instead of
 * two. Ends when its standard input does, which is when the parent is gone. Kafka's own classes are reached by name:
 * the program must not be able to link against a broker.
 * <p>
 * Arguments: the properties file, the data folder and, if everything is to be deleted when the parent is gone, the
 * folder to delete.
 */
public final class LocalBrokerProcess {

    private static final int STOP_TIMEOUT_MS = 10_000;

    /** Never closed: an unreachable channel would be, and its lock with it. Written once, by the main thread. */
    private static FileChannel held;

    private LocalBrokerProcess() {}

    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        Path temporary = args.length > 2 ? Path.of(args[2]) : null;
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> awaitParentsEnd(temporary));
        ignoreInterrupts();
        lock(Path.of(args[0]).resolveSibling("broker.lock"));
        if (!Files.exists(Path.of(args[1], "meta.properties"))) {
            format(args[0]);
        }
        Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null,
                (Object) new String[]{args[0]});
    }

    /**
     * Held until this process is gone. Kafka locks its folder too, but only after its controller has begun to write
     * there: a second broker would spoil the metadata of the first before it notices.
     */
    private static void lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            System.err.println("the lock " + file + " is held by another broker");
            Runtime.getRuntime().halt(1);
        }
        held = channel;
    }

    private static void format(String properties) throws ReflectiveOperationException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status = (int) Class.forName("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class).invoke(null,
                        new String[]{"format", "--cluster-id", newClusterId(), "--config", properties},
                        new PrintStream(said, true, StandardCharsets.UTF_8));
        if (status != 0) {
            System.err.println("formatting failed: " + said.toString(StandardCharsets.UTF_8));
            Runtime.getRuntime().halt(1);
        }
    }

    /** 128 random bits in URL-safe Base64, which must not begin with a dash: it would look like an option. */
    private static String newClusterId() {
        UUID uuid = UUID.randomUUID();
        byte[] bits = ByteBuffer.allocate(16).putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits()).array();
        bits[0] &= 0x7f;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    private static void awaitParentsEnd(Path temporary) {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever written; only the end counts.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        if (temporary != null) {
            deleteAndHalt(temporary);
        }
        // The data is to be kept: end in order, but do end.
        Thread.ofPlatform().daemon().name("stop-bound").start(() -> {
            try {
                Thread.sleep(STOP_TIMEOUT_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        });
        System.exit(0);
    }

    private static void deleteAndHalt(Path temporary) {
        try {
            BrokerFolder.delete(temporary);
        } catch (UncheckedIOException e) {
            System.err.println(e.getMessage() + ": " + e.getCause());
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    /**
     * Ctrl-C in a terminal goes to every process of the group. The parent decides when its broker ends: its clients
     * have to close first. By reflection, as Kafka does it, because the class is outside the Java SE platform.
     */
    private static void ignoreInterrupts() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ignore = Proxy.newProxyInstance(LocalBrokerProcess.class.getClassLoader(), new Class<?>[]{handler},
                (proxy, method, arguments) -> null);
        signal.getMethod("handle", signal, handler).invoke(null,
                signal.getConstructor(String.class).newInstance("INT"), ignore);
    }
}
