# SPDX-License-Identifier: Apache-2.0
"""python manage.py test"""

from django.test import TestCase
from django.urls import reverse

from .models import Greeting


class StartPage(TestCase):
    def test_says_hello(self):
        response = self.client.get(reverse('hello:index'))
        self.assertContains(response, 'Hello, World!')

    def test_keeps_a_greeting_and_remembers_the_name(self):
        response = self.client.post(reverse('hello:index'), {'name': 'Ada', 'text': 'Good <morning>'}, follow=True)
        self.assertContains(response, 'Good &lt;morning&gt;')
        self.assertContains(response, 'value="Ada"')

    def test_refuses_an_empty_greeting(self):
        response = self.client.post(reverse('hello:index'), {'name': 'Ada', 'text': ''})
        self.assertContains(response, 'This field is required.')
        self.assertEqual(Greeting.objects.count(), 0)

    def test_forgets_the_oldest(self):
        for number in range(Greeting.KEPT + 3):
            Greeting.objects.create(name='n', text=str(number))
        Greeting.forget_old()
        self.assertEqual(Greeting.objects.count(), Greeting.KEPT)
        self.assertFalse(Greeting.objects.filter(text='0').exists())
