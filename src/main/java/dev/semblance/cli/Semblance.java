package dev.semblance.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program: reads its arguments, runs one command and exits with its code. */
@Command(name = "semblance", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT,
        versionProvider = Semblance.Version.class, sortOptions = false, usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND", description = {
                "Text events in; embeddings, near-duplicate alerts and a deduplicated stream out."},
        commandListHeading = "%nCommands:%n", subcommands = {
                DemoCommand.class, RunCommand.class, DetectCommand.class, TopicsCommand.class, SendCommand.class,
                TailCommand.class, WatchCommand.class,
                EmbedCommand.class, SimilarCommand.class, DedupCommand.class, EvalCommand.class, ModelCommand.class,
                ConfigCommand.class,
                TopologyCommand.class, BenchCommand.class})
public final class Semblance {

    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces of failures.")
    private boolean debug;

    private Semblance() {}

    public static void main(String[] args) {
        // Not System.out: its charset follows the locale, and texts must not turn into question marks.
        PrintWriter out = writer(FileDescriptor.out, false);
        PrintWriter err = writer(FileDescriptor.err, true);
        int code = commandLine(System.getenv(), out, err).execute(args);
        out.flush();
        System.exit(code);
    }

    private static PrintWriter writer(FileDescriptor descriptor, boolean autoFlush) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8),
                autoFlush);
    }

    static CommandLine commandLine(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        return commandLine(environment, out, err, new FileOutputStream(FileDescriptor.out));
    }

    /**
     * @param environment where {@code SEMBLANCE_…} variables are looked up
     * @param stdout      where results go that are large or binary
     */
    static CommandLine commandLine(Map<String, String> environment, PrintWriter out, PrintWriter err,
            OutputStream stdout) {
        Map<Class<?>, Supplier<?>> made = Map.of(ConfigOptions.class, () -> new ConfigOptions(environment),
                DedupCommand.class, () -> new DedupCommand(stdout), EmbedCommand.class,
                () -> new EmbedCommand(stdout), SimilarCommand.class, () -> new SimilarCommand(stdout),
                EvalStsCommand.class, () -> new EvalStsCommand(stdout), EvalDedupCommand.class,
                () -> new EvalDedupCommand(stdout), ModelImportCommand.class,
                () -> new ModelImportCommand(environment));
        CommandLine.IFactory standard = CommandLine.defaultFactory();
        CommandLine.IFactory factory = new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                Supplier<?> ours = made.get(type);
                return ours == null ? standard.create(type) : type.cast(ours.get());
            }
        };
        Semblance root = new Semblance();
        return new CommandLine(root, factory).setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(FailureReport::usage)
                .setExecutionExceptionHandler((e, command, parsed) -> FailureReport.failure(e, command, root.debug));
    }

    /** The version that the build wrote into the manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Semblance.class.getPackage().getImplementationVersion();
            return new String[]{"semblance " + (version == null ? "(unpackaged build)" : version)};
        }
    }
}
