"""How fast is the bot, beside a Bolt app that does nothing else?"""
