"""What is kept of subscriptions at hubs, what hubs sent, and which of our feeds they are told of."""
