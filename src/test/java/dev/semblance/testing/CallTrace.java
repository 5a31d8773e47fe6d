package dev.semblance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The calls by which a program and its children name an address to the kernel, as {@code strace} records them: none is
 * missed, however short the socket lives. Thread: any.
 */
public final class CallTrace {

    private static final List<String> STRACE = List.of("strace", "-f", "-qq", "--seccomp-bpf", "-e",
            "trace=connect,bind,sendto,sendmsg,sendmmsg", "-e", "signal=none");
    private static final Pattern ADDRESS = Pattern
            .compile("inet_addr\\(\"([^\"]+)\"|inet_pton\\(AF_INET6, \"([^\"]+)\"");

    private CallTrace() {}

    /** Put before a command line, it writes the calls to the file. */
    public static List<String> prefix(Path file) {
        List<String> prefix = new ArrayList<>(STRACE);
        prefix.addAll(List.of("-o", file.toString()));
        return prefix;
    }

    /** Whether there is a strace that is allowed to trace. */
    public static boolean isSupported() throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(STRACE);
            command.addAll(List.of("-o", "/dev/null", "true"));
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    public static List<String> read(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls that name an internet address. */
    public static List<String> internet(List<String> calls) {
        return calls.stream().filter(call -> call.contains("sa_family=AF_INET")).toList();
    }

    /** Calls that name an internet address other than loopback, or one that cannot be read. */
    public static List<String> away(List<String> calls) {
        return internet(calls).stream().filter(call -> !namesLoopbackOnly(call)).toList();
    }

    private static boolean namesLoopbackOnly(String call) {
        Matcher matcher = ADDRESS.matcher(call);
        int found = 0;
        while (matcher.find()) {
            String literal = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            if (!InetAddress.ofLiteral(literal).isLoopbackAddress()) {
                return false;
            }
            found++;
        }
        return found > 0;
    }
}
