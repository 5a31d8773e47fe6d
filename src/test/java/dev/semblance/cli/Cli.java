package dev.semblance.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One run of the program inside the test's JVM. */
record Cli(int code, byte[] bytes, String err) {

    static Cli run(String... args) {
        return run(Map.of(), args);
    }

    static Cli run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        PrintWriter out = new PrintWriter(stdout, true, StandardCharsets.UTF_8);
        StringWriter err = new StringWriter();
        int code = Semblance.commandLine(environment, out, new PrintWriter(err, true), stdout).execute(args);
        out.flush();
        return new Cli(code, stdout.toByteArray(), err.toString());
    }

    String out() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
