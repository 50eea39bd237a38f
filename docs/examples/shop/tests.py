from django.test import TestCase

from cf_testing import ComponentTestCase, assert_state, dispatch_event, open_page

from .components import Counter
from .models import Product


class CounterTests(ComponentTestCase):
    def test_it_counts_on_from_where_it_began(self):
        counter = dispatch_event(Counter, "increment", {"amount": 2}, initial=5)

        assert_state(counter, count=7)


class ProductTests(ComponentTestCase, TestCase):
    def setUp(self):
        self.tea = Product.objects.create(name="Tea", stock=3)

    def test_what_is_bought_is_gone(self):
        page = open_page("/products/")

        page.fill("Quantity", 2)
        page.click("Buy")

        self.assertIn("1 in stock, you bought 2", page.text())

    def test_nothing_is_sold_that_is_not_there(self):
        page = open_page("/products/")

        page.fill("Quantity", 4)
        page.click("Buy", expect=422)

        self.assertIn("There is not enough in stock.", page.text())
        self.tea.refresh_from_db()
        self.assertEqual(self.tea.stock, 3)
