package dev.semblance.cli;

import picocli.CommandLine.Command;

/** {@code semblance model}: model bundles. */
@Command(name = "model", description = "Import models, and look at the ones that are there.",
        synopsisSubcommandLabel = "COMMAND", subcommands = {
                ModelImportCommand.class, ModelListCommand.class, ModelInfoCommand.class, ModelVerifyCommand.class})
final class ModelCommand {}
