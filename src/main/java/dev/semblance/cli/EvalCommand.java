package dev.semblance.cli;

import picocli.CommandLine.Command;

/** {@code semblance eval}: how good the vectors are. */
@Command(name = "eval", description = "Measure a model's quality.", subcommands = EvalStsCommand.class)
final class EvalCommand {}
