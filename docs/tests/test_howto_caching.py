"""The how-to guide on caching."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from cf_testing import assert_permission_denied, dispatch_event, open_page
from handbook.components.cached import KeyFigures, ProductCard
from handbook.models import Comment
from handbook.pages import rearrange
from shop.models import Product

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("staff", is_staff=True)


@pytest.fixture
def tea():
    return Product.objects.create(name="Tea", stock=3)


def test_second_look_asks_nothing_of_the_database(staff, django_assert_num_queries):
    dispatch_event(KeyFigures, user=staff)

    with django_assert_num_queries(0):
        figures = dispatch_event(KeyFigures, user=staff)

    assert figures.state["comments"] == 0


@pytest.mark.django_db(transaction=True)
def test_refresh_is_for_everybody(staff, admin_user):
    page = open_page("/handbook/report/", user=staff)
    Comment.objects.create(text="First!")
    page.reload()
    assert "0 comments, 0 open" in page.text()

    page.within("key_figures").click("Refresh")

    assert "1 comments, 0 open" in page.text()
    assert "1 comments, 0 open" in open_page("/handbook/report/", user=admin_user).text()


def test_what_is_cached_for_staff_is_not_for_others(staff, django_user_model):
    dispatch_event(KeyFigures, user=staff)

    assert_permission_denied(KeyFigures, user=django_user_model.objects.create_user("ann"))
    assert_permission_denied(KeyFigures, user=None)


def test_visitors_share_the_card_of_a_product(tea, staff, django_assert_num_queries):
    dispatch_event(ProductCard, product_id=tea.pk, user=staff)

    with django_assert_num_queries(0):
        dispatch_event(ProductCard, product_id=tea.pk, user=None)


def test_changed_row_drops_what_shows_it(tea):
    assert dispatch_event(ProductCard, product_id=tea.pk).state["stock"] == 3

    tea.stock = 2
    tea.save()

    assert dispatch_event(ProductCard, product_id=tea.pk).state["stock"] == 2


@pytest.mark.django_db(transaction=True)
def test_change_that_is_rolled_back_drops_nothing(tea):
    dispatch_event(ProductCard, product_id=tea.pk)
    Product.objects.filter(pk=tea.pk).update(stock=1)  # without a signal

    with transaction.atomic():
        tea.save()
        transaction.set_rollback(True)

    assert dispatch_event(ProductCard, product_id=tea.pk).state["stock"] == 3


def test_update_without_a_signal_needs_a_word(tea):
    dispatch_event(ProductCard, product_id=tea.pk)

    Product.objects.filter(pk=tea.pk).update(stock=1)
    ProductCard.invalidate_cache(product_id=tea.pk)

    assert dispatch_event(ProductCard, product_id=tea.pk).state["stock"] == 1


def test_tag_drops_all_that_carry_it(tea):
    dispatch_event(ProductCard, product_id=tea.pk)
    Product.objects.update(stock=1)

    rearrange("main")

    assert dispatch_event(ProductCard, product_id=tea.pk).state["stock"] == 1


def test_tag_caches_one_use(staff):
    open_page("/handbook/report/", user=staff)
    Comment.objects.create(text="First!")

    page = open_page("/handbook/report/", user=staff)
    assert page.within("reports").text() == "0 comments Refresh"
    page.within("reports").click("Refresh")

    assert page.within("reports").text() == "1 comments Refresh"


def test_view_caches_what_it_serves(client: Client):
    client.get("/handbook/reports/cached/", headers=JSON)
    Comment.objects.create(text="First!")

    answer = client.get("/handbook/reports/cached/", headers=JSON).json()

    assert ">0 comments" in answer["html"]
