"""The states of the contract of the HTML, and how each is reached."""

from tests.web.states.ways import Ways, opens

STATES: Ways = {
    "contract": ("contract", None, opens("/contract")),
    "nothing in the contract": ("contract", None, opens("/contract?q=finnes+ikke")),
    "line of the contract": ("contract_line", None, opens("/contract/orders")),
}
