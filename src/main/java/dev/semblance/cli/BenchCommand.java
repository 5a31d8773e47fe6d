package dev.semblance.cli;

import picocli.CommandLine.Command;

/** {@code semblance bench …}: throughput programs. */
@Command(name = "bench", description = "Measure throughput.", subcommands = {BenchPipelineCommand.class})
final class BenchCommand {}
