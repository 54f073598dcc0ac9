"""Tugas: what waits for me, what is due first, recorded in place."""

import streamlit as st

from dashboard import acts, navigation, reads, session, task_duties, task_list
from dashboard.text import _
from models.access import Permission, may

who = session.require(Permission.VIEW_TASKS)
now = session.now()
sops = reads.readable_sops(who, now)
calendar = reads.calendar()
navigation.heading(_("Tasks"))
acts.said()
for_others = False
if may(who, Permission.RECORD_FOR_OTHERS):
    for_others = st.toggle(_("Also what waits for other roles"), key="tasks.others", persist_state="session")
waiting = reads.waiting(who, sops, now=now, for_others=for_others)
task_duties.show(who, waiting, sops=sops, now=now, calendar=calendar)
task_list.show_overtaken(waiting, who=who, now=now)
if not waiting:
    st.success(_("Nothing waits for you. New tasks appear here by themselves."), icon=":material/done_all:")
for group, steps in task_list.groups(waiting, now, calendar).items():
    if steps:
        task_list.show_group(
            group,
            steps,
            who=who,
            sops={sop.code: sop for sop in sops},
            now=now,
            calendar=calendar,
            for_others=for_others,
        )
