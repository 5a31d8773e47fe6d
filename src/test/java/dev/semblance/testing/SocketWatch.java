package dev.semblance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Watches which sockets a process and its descendants have, by Linux's tables in /proc. A socket keeps to this machine
 * where its own address is loopback and its peer is loopback or none; any other TCP or UDP socket is a finding: a
 * listener that others can reach and a datagram socket that could send anywhere included.
 *
 * <p>The tables are looked at every {@value #PERIOD_MS} ms: a socket that lives shorter can be missed. Thread: a daemon
 * of its own looks, any may read.
 */
public final class SocketWatch implements AutoCloseable {

    private static final int PERIOD_MS = 3;
    private static final List<String> TABLES = List.of("tcp", "tcp6", "udp", "udp6");

    /**
     * One line of a table.
     *
     * @param text protocol, own address and peer
     * @param away whether it does not keep to loopback
     */
    record Socket(String inode, String text, boolean away) {}

    private final ProcessHandle root;
    private final Thread thread;
    private final Set<Long> processes = new HashSet<>();
    /** All that were ever held by the processes. Inodes and tables are gathered apart, so that a race loses nothing. */
    private final Set<String> ownInodes = new HashSet<>();
    private final Map<String, String> awayByInode = new HashMap<>();
    private long looks;
    private IOException failure;
    private volatile boolean closed;

    private SocketWatch(ProcessHandle root) {
        this.root = root;
        this.thread = Thread.ofPlatform().daemon().name("socket-watch").unstarted(this::watch);
    }

    /** From now until the process ends or this is closed. */
    public static SocketWatch on(ProcessHandle root) {
        SocketWatch watch = new SocketWatch(root);
        watch.thread.start();
        return watch;
    }

    public static boolean isSupported() {
        return Files.isReadable(Path.of("/proc/self/net/tcp"));
    }

    /** What was seen so far that does not keep to loopback: protocol, own address, peer. */
    public synchronized Set<String> findings() {
        if (failure != null) {
            throw new UncheckedIOException("the sockets of process " + root.pid() + " could not be watched", failure);
        }
        Set<String> findings = new TreeSet<>();
        awayByInode.forEach((inode, text) -> {
            if (ownInodes.contains(inode)) {
                findings.add(text);
            }
        });
        return findings;
    }

    /** Sockets of any kind that were seen so far. */
    public synchronized int sockets() {
        return ownInodes.size();
    }

    /** Processes that were seen so far. */
    public synchronized int processes() {
        return processes.size();
    }

    /** How often the tables were looked at. */
    public synchronized long looks() {
        return looks;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            while (!closed && root.isAlive()) {
                look();
                Thread.sleep(PERIOD_MS);
            }
        } catch (IOException e) {
            synchronized (this) {
                failure = e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look() throws IOException {
        processes.add(root.pid());
        root.descendants().forEach(p -> processes.add(p.pid()));
        for (long pid : processes) {
            addInodes(pid);
        }
        for (String table : TABLES) {
            for (Socket socket : read(table)) {
                if (socket.away()) {
                    awayByInode.put(socket.inode(), socket.text());
                }
            }
        }
        looks++;
    }

    private void addInodes(long pid) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path fd : open) {
                String target = linkTarget(fd);
                if (target.startsWith("socket:[")) {
                    ownInodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended.
        }
    }

    /** Empty where it was closed in the meantime. */
    private static String linkTarget(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** The table of this network namespace, which children share. */
    private static List<Socket> read(String table) throws IOException {
        Path file = Path.of("/proc/self/net/" + table);
        // Without IPv6 there is no table of it.
        return Files.exists(file) ? parse(table, Files.readString(file, StandardCharsets.US_ASCII)) : List.of();
    }

    /** @param content as of /proc/net/tcp: a heading, then a line a socket */
    static List<Socket> parse(String table, String content) {
        List<Socket> sockets = new ArrayList<>();
        content.lines().skip(1).forEach(line -> {
            String[] fields = line.trim().split("\\s+");
            InetAddress own = address(fields[1]);
            InetAddress peer = address(fields[2]);
            boolean away = !own.isLoopbackAddress() || (!peer.isLoopbackAddress() && !peer.isAnyLocalAddress());
            String text = table + " " + own.getHostAddress() + ":" + port(fields[1]) + " to " + peer.getHostAddress()
                    + ":" + port(fields[2]);
            sockets.add(new Socket(fields[9], text, away));
        });
        return sockets;
    }

    private static int port(String endpoint) {
        return HexFormat.fromHexDigits(endpoint, endpoint.indexOf(':') + 1, endpoint.length());
    }

    /** Words of 32 bits in the machine's order, which together are in network order. */
    private static InetAddress address(String endpoint) {
        byte[] raw = HexFormat.of().parseHex(endpoint, 0, endpoint.indexOf(':'));
        ByteBuffer words = ByteBuffer.wrap(raw);
        ByteBuffer address = ByteBuffer.allocate(raw.length).order(ByteOrder.nativeOrder());
        while (words.hasRemaining()) {
            address.putInt(words.getInt());
        }
        try {
            return InetAddress.getByAddress(address.array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("no address: " + endpoint, e);
        }
    }
}
