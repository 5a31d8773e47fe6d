package dev.semblance.serve;

import java.util.List;

/** How the process is: all its applications, in a stable order. */
public record Health(List<AppHealth> applications) {

    public Health {
        applications = List.copyOf(applications);
    }

    /** True while no application needs a restart. */
    public boolean live() {
        return applications.stream().allMatch(AppHealth::live);
    }

    /** True while every application processes; false before there is one. */
    public boolean ready() {
        return !applications.isEmpty() && applications.stream().allMatch(AppHealth::ready);
    }
}
