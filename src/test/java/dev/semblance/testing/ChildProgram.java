package dev.semblance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a JVM of its own, on the class path of the tests. Closing kills it. */
public final class ChildProgram implements AutoCloseable {

    private static final List<String> FLAGS = List.of("--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g",
            "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final Path log;

    private ChildProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param arguments as after {@code ./semblance} */
    public static ChildProgram start(List<String> arguments) {
        return launch(List.of(), arguments, null);
    }

    /**
     * The same as a user whose home folder is the one given.
     *
     * @param prefix a program that runs it, with its arguments; empty for none
     */
    public static ChildProgram startAtHome(Path home, List<String> prefix, List<String> arguments) {
        return launch(prefix, arguments, home);
    }

    private static ChildProgram launch(List<String> prefix, List<String> arguments, Path home) {
        try {
            Path log = Files.createTempFile("semblance-child", ".log");
            List<String> command = new ArrayList<>(prefix);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(FLAGS);
            if (home != null) {
                // Java asks the user database for it, not the environment.
                command.add("-Duser.home=" + home);
            }
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add("dev.semblance.cli.Semblance");
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(Redirect.to(log.toFile()));
            if (home != null) {
                builder.environment().put("HOME", home.toString());
                builder.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
            }
            Process process = builder.start();
            process.getOutputStream().close();
            return new ChildProgram(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM. @return the exit code; an error where it does not end in time */
    public int terminate(Duration timeout) throws InterruptedException {
        process.destroy();
        return awaitExit(timeout);
    }

    /** @return the exit code; an error where it does not end in time */
    public int awaitExit(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the program has not ended after " + timeout + ":\n" + output());
        }
        return process.exitValue();
    }

    /** What it has printed so far, stdout and stderr. */
    public String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            kill();
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
