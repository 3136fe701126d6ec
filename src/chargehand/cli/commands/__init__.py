"""The commands: one module each. What a command needs it imports when it runs, so that --help is instant."""

from chargehand.cli.commands.demo import demo
from chargehand.cli.commands.doctor import doctor
from chargehand.cli.commands.estimate import estimate
from chargehand.cli.commands.fleet import fleet
from chargehand.cli.commands.init import init
from chargehand.cli.commands.parity import parity
from chargehand.cli.commands.publish import publish
from chargehand.cli.commands.review import review
from chargehand.cli.commands.spend import spend
from chargehand.cli.commands.waivers import waivers

COMMANDS = (review, publish, waivers, estimate, init, doctor, demo, fleet, spend, parity)
