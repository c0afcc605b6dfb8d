"""What pages say a hundred times is made out when a page is read: the same as Django would make of it, and refused where it would vary."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.urls import NoReverseMatch

from jiuzhu.portals.desk.urls import urlpatterns

PLAIN = Engine(libraries={})


def made(source: str, *, english: bool = False, **told: object) -> str:
    request = RequestFactory().get("/")
    request.english = english  # type: ignore[attr-defined]
    return Template(source).render(Context({"request": request, **told}))


def plainly(source: str, **told: object) -> str:
    """By Django's own words, without ours."""
    return PLAIN.from_string(source).render(Context(told))


@pytest.mark.parametrize("key", ["w12", "C2N72FNXURLB4LXHTWYS4GPUU24", "7", "1111", "a-b_c", "年 份", "a/b"])
def test_every_address_of_one_key_is_that_of_django(key: str):
    named = [one.name for one in urlpatterns if str(one.pattern).count("<") == 1]
    assert len(named) > 30
    for name in named:
        source = f"{{% url '{name}' key %}}"
        try:
            asked = plainly(source, key=key)
        except NoReverseMatch:
            with pytest.raises(NoReverseMatch):
                made(source, key=key)
        else:
            assert made(source, key=key) == asked


def test_an_address_without_a_key_with_two_and_under_a_name_is_that_of_django():
    for source in ("{% url 'tasks' %}", "{% url 'case-untag' 'C1' 7 %}", "{% url 'case' 'C1' as here %}[{{ here }}]"):
        assert made(source) == plainly(source)


def test_a_page_says_one_language_and_keeps_what_stands_in_it():
    source = """{% say "待办 <b>" 'to do <b>' %}"""
    assert (made(source), made(source, english=True)) == ("待办 <b>", "to do <b>")


@pytest.mark.parametrize("words", ['"一"', '"一" "one" "two"', '"一" name', 'name "one"', '"一"|lower "one"'])
def test_what_is_said_is_two_texts_that_stand_in_the_page(words: str):
    with pytest.raises(TemplateSyntaxError, match="two texts"):
        made(f"{{% say {words} %}}", name="Zhou")


def test_an_icon_is_the_same_by_its_name_and_by_a_variable():
    assert made("{% icon 'walk' %}") == made("{% icon name %}", name="walk")
    assert "&lt;b" in made("{% icon name %}", name="<b")
