"""How a request comes in, from the body that is read to the commit. What handlers get is in `routes.web.visit`."""
