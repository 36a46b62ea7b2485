"""What is kept between requests: conversations, answers, ratings."""
