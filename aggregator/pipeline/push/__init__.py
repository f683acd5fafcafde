"""What hubs push: subscriptions, and the documents that come by them."""
