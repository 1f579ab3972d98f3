"""When and where it runs: definitions, cycles, jobs, schedules, sensors, resources."""
