"""Why a step was late: the list to choose from, as the office's reports need it."""

from models.errors import N_

LATE_REASONS: dict[str, str] = {
    "reporter": N_("Waiting for the reporter to complete the file"),
    "other_party": N_("Waiting for another party or agency"),
    "sea_weather": N_("Weather or sea transport"),
    "network": N_("Network or power failure"),
    "official_away": N_("Official unavailable"),
    "election_load": N_("Workload of the election stages"),
    "other": N_("Other"),
}
