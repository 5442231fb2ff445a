"""pyghmi's BMC with a console that sends back what is typed.

usage: fakebmc.py ADDRESS PORT USER PASSWORD [KG]
"""

import sys

import pyghmi.ipmi.bmc as bmc


class EchoBmc(bmc.Bmc):
    def __init__(self, authdata, port, address):
        super().__init__(authdata, port=port, address=address)
        self.powerstate = 'on'

    def get_power_state(self):
        return self.powerstate

    def power_off(self):
        self.powerstate = 'off'
        print('power off', flush=True)

    def power_on(self):
        self.powerstate = 'on'
        print('power on', flush=True)

    def power_cycle(self):
        print('power cycle', flush=True)

    def power_reset(self):
        print('power reset', flush=True)

    def power_shutdown(self):
        self.powerstate = 'off'
        print('power soft', flush=True)

    def is_active(self):
        return True

    def iohandler(self, data):
        # anything that is no bytes is an event, such as a break
        if isinstance(data, (bytes, bytearray)):
            print('typed', bytes(data).hex(), flush=True)
            if self.sol:
                self.sol.send_data(bytes(data))
        else:
            print('event', data, flush=True)


def main():
    address, port, user, password, *kg = sys.argv[1:]
    server = EchoBmc({user: password}, int(port), address)
    if kg:
        server.set_kg(kg[0])
    server.listen(timeout=0.1)


main()
