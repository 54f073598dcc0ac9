"""The entry script with its protection taken off: everybody finds every screen in the menu."""

import streamlit as st

from dashboard import navigation
from seed import shipped

registers = [navigation.register_page(sop) for sop in shipped.sops()]
screens = [navigation.page(screen) for screen in navigation.SCREENS if screen is not navigation.REGISTER]
chosen = st.navigation([*screens, *registers])
st.session_state["navigation.sop"] = chosen.url_path
chosen.run()
