package dev.semblance.cli;

import picocli.CommandLine.Command;

/** {@code semblance bench …}: throughput programs. */
@Command(name = "bench", description = "Measure throughput and latency.", subcommands = {BenchEmbedCommand.class,
        BenchPipelineCommand.class, BenchTokenizeCommand.class, BenchWatchesCommand.class, BenchWindowCommand.class})
final class BenchCommand {}
