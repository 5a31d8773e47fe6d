package dev.semblance.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, in a copy of the project's shape with a Java and a Maven that only say how they were called. */
class LauncherIT {

    private static final int TIMEOUT_SECONDS = 60;
    /** What the launcher and Maven's stand-in need besides. */
    private static final String SYSTEM_PATH = "/usr/bin:/bin";

    @TempDir
    Path dir;

    private Path project;
    private Path java;
    private Path tools;

    private record Result(int status, String out, String err, long pid) {}

    @BeforeEach
    void layOut() throws IOException {
        dir = dir.toRealPath();
        project = Files.createDirectories(dir.resolve("pro ject"));
        Files.copy(Project.ROOT.resolve("semblance"), project.resolve("semblance"));
        assertThat(project.resolve("semblance").toFile().setExecutable(true)).isTrue();
        java = fakeJava("jdk", "25.0.1");
        tools = Files.createDirectories(dir.resolve("tools"));
    }

    @Test
    void anInstalledProgramIsRunWithAllArgumentsAndNeverBuilt() throws Exception {
        install();
        Result result = start(Map.of("SEMBLANCE_JAVA_OPTS", "-Xmx1g -Dx=y"), project.resolve("semblance"), "similar",
                "two words", "", "*", "--");
        assertThat(result.status).as(result.err).isEqualTo(7);
        assertThat(result.out.lines()).contains("arg -Xmx1g", "arg -Dx=y",
                "arg " + project + "/semblance.jar:" + project + "/lib/*", "arg dev.semblance.cli.Semblance",
                "arg similar", "arg two words", "arg ", "arg *", "arg --", "telemetry 1");
        assertThat(result.out).doesNotContain("arg null");
        assertThat(result.err).isEmpty();
    }

    @Test
    void javaTakesThePlaceOfTheLauncherSoThatSignalsReachIt() throws Exception {
        install();
        Result result = start(Map.of(), project.resolve("semblance"));
        assertThat(result.out.lines()).contains("pid " + result.pid);
    }

    @Test
    void linksAndOtherFoldersLeadToTheSameProgram() throws Exception {
        install();
        Path bin = Files.createDirectories(dir.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("absolute"), project.resolve("semblance"));
        Files.createSymbolicLink(bin.resolve("s"), Path.of("absolute"));
        Result result = start(Map.of(), bin.resolve("s"));
        assertThat(result.out.lines()).contains("arg " + project + "/semblance.jar:" + project + "/lib/*");
    }

    @Test
    void theNamedJavaIsTheOnlyOneTaken() throws Exception {
        install();
        Path old = fakeJava("old", "21.0.9");
        Result result = start(Map.of("SEMBLANCE_JAVA_HOME", old.toString()), project.resolve("semblance"));
        assertThat(result.status).isEqualTo(1);
        assertThat(result.err).contains("SEMBLANCE_JAVA_HOME=" + old, "no Java 25 or later");
    }

    @Test
    void anOldJavaHomeIsPassedOverForANewJavaOnThePath() throws Exception {
        install();
        Path old = fakeJava("old", "17.0.15");
        Files.createSymbolicLink(tools.resolve("java"), java.resolve("bin/java"));
        Map<String, String> environment = new HashMap<>(Map.of("JAVA_HOME", old.toString()));
        environment.put("SEMBLANCE_JAVA_HOME", "");
        Result result = start(environment, project.resolve("semblance"));
        assertThat(result.out.lines()).as(result.err).contains("home " + java);
    }

    @Test
    void aJavaWithoutAReleaseFileIsAsked() throws Exception {
        install();
        Files.delete(java.resolve("release"));
        Result result = start(Map.of(), project.resolve("semblance"));
        assertThat(result.status).as(result.err).isEqualTo(7);
    }

    @Test
    void theFirstStartBuildsAndTheNextDoesNot() throws Exception {
        source();
        maven("");
        Result first = start(Map.of(), project.resolve("semblance"), "a");
        assertThat(first.status).as(first.err).isEqualTo(7);
        assertThat(first.err).contains("building").contains("built in");
        assertThat(first.out).as("data only on stdout").doesNotContain("maven");
        assertThat(first.out.lines()).contains("arg " + project + "/target/semblance.jar:/x/a.jar:/x/b.jar");

        Result second = start(Map.of(), project.resolve("semblance"), "a");
        assertThat(second.err).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aNewerSourceIsBuiltAgain() throws Exception {
        source();
        maven("");
        start(Map.of(), project.resolve("semblance"));
        Files.setLastModifiedTime(project.resolve("src/main/A.java"),
                FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        start(Map.of(), project.resolve("semblance"));
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void aFailedBuildIsSaidAndNothingRuns() throws Exception {
        source();
        maven("echo 'A.java:1: broken' >&2; exit 1");
        Result result = start(Map.of(), project.resolve("semblance"));
        assertThat(result.status).isEqualTo(1);
        assertThat(result.err).contains("A.java:1: broken", "the build failed");
        assertThat(result.out).doesNotContain("dev.semblance.cli.Semblance");
        assertThat(start(Map.of(), project.resolve("semblance")).status).isEqualTo(1);
    }

    @Test
    void startsAtTheSameTimeBuildOnce() throws Exception {
        source();
        maven("sleep 1");
        List<Process> starts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starts.add(builder(Map.of(), project.resolve("semblance"))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
        }
        for (Process start : starts) {
            assertThat(start.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(start.exitValue()).isEqualTo(7);
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void peersAreBuiltOnFirstUseAndOnlyForTheBenchmark() throws Exception {
        source();
        Files.createDirectories(project.resolve("src/bench"));
        maven("""
                case "$*" in *-Pbench*)
                  mkdir -p target/bench; printf '/x/peer.jar' > target/bench/classpath.txt;;
                esac""");
        String property = "-Dsemblance.peers=" + project + "/target/bench/classes:/x/peer.jar";

        Result without = start(Map.of(), project.resolve("semblance"), "bench", "embed");
        assertThat(without.out).doesNotContain("semblance.peers");
        Result other = start(Map.of(), project.resolve("semblance"), "embed", "--peers");
        assertThat(other.out).doesNotContain("semblance.peers");
        assertThat(builds()).isEqualTo(1);

        Result with = start(Map.of(), project.resolve("semblance"), "bench", "embed", "--peers");
        assertThat(with.out.lines()).as(with.err).contains("arg " + property, "arg --peers",
                "arg " + project + "/target/semblance.jar:/x/a.jar:/x/b.jar");
        start(Map.of(), project.resolve("semblance"), "bench", "embed", "--peers");
        assertThat(builds()).as("the program, and the peers once").isEqualTo(2);
        Path contract = Files.createDirectories(project.resolve("src/main/java/dev/semblance/bench"))
                .resolve("WindowPeer.java");
        Files.createFile(contract);
        Files.setLastModifiedTime(contract, FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        start(Map.of(), project.resolve("semblance"), "bench", "window", "--peers");
        assertThat(Files.readAllLines(dir.resolve("builds"))).as("both have a newer source").hasSize(4).last()
                .asString().contains("-Pbench").endsWith(" process-classes");
    }

    @Test
    void aBuildWithCudaStaysOne() throws Exception {
        source();
        maven("");
        start(Map.of(), project.resolve("semblance"));
        Files.writeString(project.resolve("target/classpath.txt"), "/x/cuda-redist-12.9.jar");
        Files.setLastModifiedTime(project.resolve("src/main/A.java"),
                FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        start(Map.of(), project.resolve("semblance"));
        assertThat(Files.readAllLines(dir.resolve("builds"))).hasSize(2).satisfies(builds -> {
            assertThat(builds.getFirst()).doesNotContain("-Pcuda");
            assertThat(builds.getLast()).contains(" -Pcuda ");
        });
    }

    @Test
    void withoutMavenTheNeedIsSaid() throws Exception {
        source();
        for (String tool : List.of("sh", "sed", "head", "dirname", "readlink", "find", "mkdir", "flock", "date")) {
            script(tools.resolve(tool), "exec " + which(tool) + " \"$@\"\n");
        }
        Result result = start(Map.of("PATH", tools.toString()), project.resolve("semblance"));
        assertThat(result.status).isEqualTo(1);
        assertThat(result.err).contains("needs Maven");
    }

    @Test
    void theFlagsAreThoseOfThePom() throws IOException {
        Matcher pom = Pattern.compile("<jvm.flags>(.*)</jvm.flags>").matcher(Project.read("pom.xml"));
        assertThat(pom.find()).isTrue();
        assertThat(Project.read("semblance")).contains("\nJVM_FLAGS=\"" + pom.group(1) + "\"\n");
    }

    private void install() throws IOException {
        Files.createDirectories(project.resolve("lib"));
        Files.createFile(project.resolve("semblance.jar"));
    }

    private void source() throws IOException {
        Files.createDirectories(project.resolve("src/main"));
        Files.createDirectories(project.resolve("schemas"));
        Files.createDirectories(project.resolve("topology"));
        Files.createFile(project.resolve("pom.xml"));
        Files.createFile(project.resolve("src/main/A.java"));
    }

    private Path fakeJava(String name, String version) throws IOException {
        Path home = dir.resolve(name);
        script(Files.createDirectories(home.resolve("bin")).resolve("java"), """
                if [ "${1:-}" = -version ]; then
                  echo 'openjdk version "%s" 2025-10-21' >&2
                  exit 0
                fi
                echo "pid $$"
                echo "home %s"
                echo "telemetry $ORT_DISABLE_TELEMETRY"
                for a in "$@"; do printf 'arg %%s\\n' "$a"; done
                exit 7
                """.formatted(version, home));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private void maven(String before) throws IOException {
        script(tools.resolve("mvn"), """
                echo "maven says"
                echo "$*" >> "%s"
                %s
                touch target/semblance.jar
                printf '/x/a.jar:/x/b.jar' > target/classpath.txt
                """.formatted(dir.resolve("builds"), before));
    }

    private long builds() throws IOException {
        return Files.readAllLines(dir.resolve("builds")).size();
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path which(String tool) {
        for (String folder : SYSTEM_PATH.split(":")) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return Path.of(folder, tool);
            }
        }
        throw new AssertionError(tool + " is not in " + SYSTEM_PATH);
    }

    private ProcessBuilder builder(Map<String, String> environment, Path command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(command.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).directory(dir.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools + ":" + SYSTEM_PATH);
        builder.environment().put("SEMBLANCE_JAVA_HOME", java.toString());
        builder.environment().putAll(environment);
        return builder;
    }

    private Result start(Map<String, String> environment, Path command, String... arguments) throws Exception {
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        Process process = builder(environment, command, arguments).redirectOutput(out.toFile())
                .redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err), process.pid());
    }
}
