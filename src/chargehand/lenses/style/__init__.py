"""The lens `style`: what makes code hard to understand or to change."""
