"""The states of the places that only the desk has, by room; the desk's places for what customers see, too, are beside.

What leads to them is a member of the staff.
"""

from tests.web.states.desk import catalogue, customers, staff
from tests.web.states.ways import Ways

STATES: Ways = catalogue.STATES | customers.STATES | staff.STATES
